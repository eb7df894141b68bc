import { memoryBackplane } from '../src/index.ts'
import { describeBackplane } from './backplane-contract.ts'

describeBackplane('memory', memoryBackplane, () => Promise.resolve())
