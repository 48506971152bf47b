// A worker's imports of .ts files need the loader anew in its own thread, and a .ts worker cannot register it for
// itself on Node 20; hence this one file of plain JavaScript.
import { workerData } from 'piscina'
import { register } from 'tsx/esm/api'

register()
const { default: task } = await import(workerData.task)
export default task
