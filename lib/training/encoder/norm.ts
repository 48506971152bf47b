/** Added to the variance under a layer norm's root. */
export const NORM_EPSILON = 1e-5
