export { describeSource, type Quantity, type Source } from './quantity.ts'
export { createRng, type Rng } from './rng.ts'
