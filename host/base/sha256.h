/* SHA-256 (FIPS 180-4), incremental: what names a plan and a result. Not for secrets. Numbers enter as eight bytes, least
 * significant first, whatever the machine's order. */
#ifndef OFR_SHA256_H
#define OFR_SHA256_H
#include <stddef.h>
#include <stdint.h>

typedef struct ofr_sha256 {
  uint32_t state[8];
  uint64_t size; /* bytes so far */
  unsigned char block[64];
} ofr_sha256;

ofr_sha256 ofr_sha256_init(void);
void ofr_sha256_add(ofr_sha256 *hash, const void *bytes, size_t size);
void ofr_sha256_add_u64(ofr_sha256 *hash, uint64_t value);
void ofr_sha256_add_i64(ofr_sha256 *hash, int64_t value);     /* two's complement */
void ofr_sha256_finish(const ofr_sha256 *hash, char hex[65]); /* of what was added so far; more may follow */
#endif
