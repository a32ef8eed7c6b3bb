/* A page for people: title, headings, paragraphs, items and tables, as text for a terminal or as markdown. Who writes a page
 * says things once; how they look is decided here. A sentence is put together in `line`, names through ofr_page_name, so that
 * no name of a plan can pass for markup or move the cursor. */
#ifndef OFR_PAGE_H
#define OFR_PAGE_H
#include "table.h"

typedef enum ofr_page_style { OFR_PAGE_TEXT, OFR_PAGE_MARKDOWN } ofr_page_style;
typedef enum ofr_page_block {
  OFR_BLOCK_NONE,
  OFR_BLOCK_HEADING,
  OFR_BLOCK_PARAGRAPH,
  OFR_BLOCK_ITEM,
  OFR_BLOCK_TABLE,
  OFR_BLOCK_CODE
} ofr_page_block;

typedef struct ofr_page {
  ofr_text *out;
  ofr_page_style style;
  int width;
  bool color;
  ofr_page_block last;
  ofr_text line;
} ofr_page;

enum { OFR_PAGE_MIN_WIDTH = 60 };

ofr_page ofr_page_on(ofr_text *out, ofr_page_style style, int width, bool color);
void ofr_page_end(ofr_page *page); /* frees `line`, hands its failure on to `out` */

void ofr_page_words(ofr_page *page, const char *words);    /* ours: taken as they are */
void ofr_page_literal(ofr_page *page, const char *string); /* somebody's: escaped */
void ofr_page_name(ofr_page *page, const char *name);      /* the same, in quotes */
void ofr_page_count(ofr_page *page, int count, const char *what); /* "1 figure", "2 figures", not broken */

/* Each takes what `line` holds and empties it. Level 1 is the page's title. */
void ofr_page_heading(ofr_page *page, int level);
void ofr_page_headline(ofr_page *page); /* a paragraph that is the answer */
void ofr_page_paragraph(ofr_page *page);
void ofr_page_item(ofr_page *page);
void ofr_page_code(ofr_page *page, const char *code);  /* a line for copying: never broken */
void ofr_page_table(ofr_page *page, ofr_table *table); /* frees it */
#endif
