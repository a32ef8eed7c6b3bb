/* A page as text or markdown: see page.h. */
#include "page.h"
#include "figures.h"

enum { ITEM_INDENT = 4 };

ofr_page ofr_page_on(ofr_text *out, ofr_page_style style, int width, bool color) {
  if (width < OFR_PAGE_MIN_WIDTH) width = OFR_PAGE_MIN_WIDTH;
  return (ofr_page){.out = out, .style = style, .width = width, .color = color && style == OFR_PAGE_TEXT};
}

void ofr_page_end(ofr_page *page) {
  if (page->line.failed) page->out->failed = true;
  ofr_text_free(&page->line);
}

void ofr_page_words(ofr_page *page, const char *words) { ofr_text_add(&page->line, words); }

void ofr_page_literal(ofr_page *page, const char *string) {
  if (page->style == OFR_PAGE_MARKDOWN) ofr_text_markdown(&page->line, string);
  else ofr_text_visible(&page->line, string);
}

void ofr_page_name(ofr_page *page, const char *name) {
  ofr_page_words(page, "'");
  ofr_page_literal(page, name);
  ofr_page_words(page, "'");
}

void ofr_page_count(ofr_page *page, int count, const char *what) {
  ofr_figure_count(&page->line, (uint64_t)count);
  ofr_text_printf(&page->line, "\xC2\xA0%s%s", what, count == 1 ? "" : "s");
}

/* An empty line before every block, but not between items or lines of code. */
static void begin(ofr_page *page, ofr_page_block block) {
  bool joined = block == page->last && (block == OFR_BLOCK_ITEM || block == OFR_BLOCK_CODE);
  bool under = page->style == OFR_PAGE_TEXT && page->last == OFR_BLOCK_HEADING;
  if (page->last != OFR_BLOCK_NONE && !joined && !under) ofr_text_add(page->out, "\n");
  page->last = block;
}

static void flush(ofr_page *page, int column, int indent) {
  int width = page->style == OFR_PAGE_TEXT ? page->width : 1 << 30;
  ofr_text_wrap(page->out, ofr_text_chars(&page->line), width, column, indent);
  ofr_text_clear(&page->line);
}

static void flush_bold(ofr_page *page) {
  if (page->color) ofr_text_add(page->out, "\x1b[1m");
  flush(page, 0, 0);
  if (page->color) ofr_text_add(page->out, "\x1b[0m");
  ofr_text_add(page->out, "\n");
}

void ofr_page_heading(ofr_page *page, int level) {
  begin(page, OFR_BLOCK_HEADING);
  if (page->style == OFR_PAGE_MARKDOWN) {
    ofr_text_repeat(page->out, "#", level);
    ofr_text_add(page->out, " ");
  }
  flush_bold(page);
  if (level == 1) page->last = OFR_BLOCK_PARAGRAPH;
}

void ofr_page_headline(ofr_page *page) {
  begin(page, OFR_BLOCK_PARAGRAPH);
  if (page->style == OFR_PAGE_MARKDOWN) {
    ofr_text_add(page->out, "**");
    ofr_page_words(page, "**");
  }
  flush_bold(page);
}

void ofr_page_paragraph(ofr_page *page) {
  begin(page, OFR_BLOCK_PARAGRAPH);
  flush(page, 0, 0);
  ofr_text_add(page->out, "\n");
}

void ofr_page_item(ofr_page *page) {
  begin(page, OFR_BLOCK_ITEM);
  bool text = page->style == OFR_PAGE_TEXT;
  ofr_text_add(page->out, text ? "  - " : "- ");
  flush(page, ITEM_INDENT, text ? ITEM_INDENT : 0);
  ofr_text_add(page->out, "\n");
}

void ofr_page_code(ofr_page *page, const char *code) {
  begin(page, OFR_BLOCK_CODE);
  ofr_text_add(page->out, "    ");
  ofr_text_visible(page->out, code);
  ofr_text_add(page->out, "\n");
}

void ofr_page_table(ofr_page *page, ofr_table *table) {
  begin(page, OFR_BLOCK_TABLE);
  if (page->style == OFR_PAGE_MARKDOWN) ofr_table_markdown(table, page->out);
  else ofr_table_text(table, page->width, page->color, page->out);
  ofr_table_free(table);
}
