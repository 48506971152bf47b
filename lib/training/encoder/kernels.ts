/**
 * The hot loops of the encoder, over 32-bit floats in one memory. Positions are indices of `floats`; matrices lie by
 * rows, `lda`, `ldb` and `ldc` numbers from one row to the next. Sums run in a fixed order, so that every engine gives
 * the same bits.
 */
export interface EncoderKernels {
  readonly kind: 'simd' | 'plain'
  readonly floats: Float32Array
  /** `c[m, n] = a[m, k] b[k, n]`, added to c where `add` is not 0; n is a multiple of the lanes. */
  multiply(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    m: number,
    n: number,
    k: number,
    add: number,
  ): void
  /** `c[m, n] = a[m, k] b[n, k]^T`, added to c where `add` is not 0; k is a multiple of the lanes. */
  multiplyRightTransposed(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    m: number,
    n: number,
    k: number,
    add: number,
  ): void
  /** `c[m, n] = a[k, m]^T b[k, n]`, added to c where `add` is not 0; n is a multiple of the lanes. */
  multiplyLeftTransposed(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    m: number,
    n: number,
    k: number,
    add: number,
  ): void
  /** `out = a + b`, of any count */
  add(a: number, b: number, count: number, out: number): void
  /** `x *= factor`, of any count */
  scale(x: number, count: number, factor: number): void
  /** `x[r] += row` for each row; width is a multiple of the lanes */
  addRow(x: number, rows: number, width: number, row: number): void
  /** `out += sum of x[r]`; width is a multiple of the lanes */
  addRowSum(x: number, rows: number, width: number, out: number): void
  /** `out = gelu(x)`, the form with tanh; count is a multiple of the lanes */
  gelu(x: number, count: number, out: number): void
  /** `gradients *= gelu'(x)`; count is a multiple of the lanes */
  geluBackward(x: number, gradients: number, count: number): void
  /**
   * `normal[r] = (x[r] - mean) * inverse[r]`, `inverse[r] = 1 / sqrt(variance + epsilon)`, `out[r] = gain normal[r] + bias`;
   * width is a multiple of the lanes.
   */
  layerNorm(
    x: number,
    rows: number,
    width: number,
    gain: number,
    bias: number,
    out: number,
    normal: number,
    inverse: number,
    epsilon: number,
  ): void
  /** The way back: `out` takes the gradients in x; those in gain and bias are added to what is there. */
  layerNormBackward(
    gradients: number,
    rows: number,
    width: number,
    gain: number,
    normal: number,
    inverse: number,
    out: number,
    gainGradients: number,
    biasGradients: number,
  ): void
  /** Replaces each row of `width` numbers (any count) by its softmax; rows follow each other without a gap. */
  softmax(x: number, rows: number, width: number): void
  /** `gradients[r] = p[r] (gradients[r] - p[r] . gradients[r])` for each row; any width */
  softmaxBackward(probabilities: number, gradients: number, rows: number, width: number): void
  /** A step of Adam; `rate` holds the correction of both means' bias; count is a multiple of the lanes. */
  adam(
    values: number,
    gradients: number,
    first: number,
    second: number,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void
}
