import { memoryBackplane } from '../src/index.ts'
import { describeBackplane } from './backplane-contract.ts'

describeBackplane('memory', () => {
  const backplane = memoryBackplane()
  return { open: () => backplane, settled: () => Promise.resolve() }
})
