/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011). A draw is a function of
 * its address (seed, path, month, stream) and of nothing else, so that any path can be replayed alone, anywhere. */
#ifndef OFR_PHILOX_H
#define OFR_PHILOX_H

typedef struct block { word a, b, c, d; } block;

FN block philox(block x, uint32 key_low, uint32 key_high) {
  for (int round = 0; round < 10; round++) {
    wide p = l_mul(x.a, W(0xD2511F53u)), q = l_mul(x.c, W(0xCD9E8D57u));
    x.a = w_high(q) ^ x.b ^ W(key_low);
    x.b = w_low(q);
    x.c = w_high(p) ^ x.d ^ W(key_high);
    x.d = w_low(p);
    key_low += 0x9E3779B9u;
    key_high += 0xBB67AE85u;
  }
  return x;
}

FN block draw(GLOBAL const ofr_image *im, word path_low, word path_high, uint32 month, uint32 stream) {
  block x;
  x.a = path_low;
  x.b = path_high;
  x.c = W(month);
  x.d = W(stream);
  return philox(x, im->seed_low, im->seed_high);
}
#endif
