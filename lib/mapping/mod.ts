export { type ElementBytes, squareTileSide, tiledMatmulBytes } from './square-tiling.ts'
