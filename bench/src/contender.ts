// A process of its own: `contender.js <bench> <contender>` does a round whenever it is asked to.
import { benches } from './benches.ts'

const [benchName = '', contenderName = ''] = process.argv.slice(2)
const prepare = benches[benchName]?.contenders[contenderName]
if (!prepare) throw new Error(`there is no contender ${contenderName} in ${benchName}`)
const round = await prepare()

process.on('message', () => {
  void round().then((sample) => process.send?.(sample))
})
process.once('disconnect', () => process.exit())
process.send?.('ready')
