export { type CsvRow, csvHeader, numberCell, parseCsv, readCsvRows, userFile } from './csv.ts'
export {
  type ClaimSpec,
  type Erratum,
  type Experiment,
  experiment,
  type FigureSpec,
  type Mark,
  type Prediction,
  type Reason,
  type Sensitivity,
  type Stopwatch,
} from './experiment.ts'
export { along, crossesAlong, type DrawnField, printedAt, printedCrosses } from './figure-marks.ts'
export { decadeLabels, legendLine, SHAPES, shapedLines } from './figure-parts.ts'
export { main } from './main.ts'
export { type Param, type Params, type ParamValues, paramsFrom } from './param.ts'
export { storedFile } from './stored-file.ts'
export { type Row, type Tables, tables } from './table.ts'
