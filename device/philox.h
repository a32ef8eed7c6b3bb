/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011). A draw is a function of
 * its address (seed, path, month, stream) and of nothing else, so that any path can be replayed alone, anywhere. */
#ifndef OFR_PHILOX_H
#define OFR_PHILOX_H

typedef struct block { word a, b, c, d; } block;

FN block philox(block x, uint32 key_low, uint32 key_high) {
#if LANES == 1
  UNROLL for (int round = 0; round < 10; round++, key_low += 0x9E3779B9u, key_high += 0xBB67AE85u) {
    wide p = l_mul(x.a, W(0xD2511F53u)), q = l_mul(x.c, W(0xCD9E8D57u));
    x.a = w_high(q) ^ x.b ^ W(key_low);
    x.b = w_low(q);
    x.c = w_high(p) ^ x.d ^ W(key_high);
    x.d = w_low(p);
  }
#else
  /* The counter rides in the low halves of wides: a product's low half is the next round's word as it stands, and what is in
   * the high halves does not matter. */
  wide a = l_from_word(x.a), b = l_from_word(x.b), c = l_from_word(x.c), d = l_from_word(x.d);
  UNROLL for (int round = 0; round < 10; round++, key_low += 0x9E3779B9u, key_high += 0xBB67AE85u) {
    wide p = l_mul_low(a, 0xD2511F53u), q = l_mul_low(c, 0xCD9E8D57u);
    a = l_xor(l_xor(l_shr(q, 32), b), L((int64)key_low));
    b = q;
    c = l_xor(l_xor(l_shr(p, 32), d), L((int64)key_high));
    d = p;
  }
  x.a = w_low(a);
  x.b = w_low(b);
  x.c = w_low(c);
  x.d = w_low(d);
#endif
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
