import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/**
 * Spreads the tests in a browser over the run. By their projects they would come one after the other, and two browsers
 * at once want more than two cores have, while most other tests wait for something.
 */
export class MixedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isInBrowser = ({ project }: TestSpecification) => project.name === 'browser'
    const others = sorted.filter((file) => !isInBrowser(file))
    const inBrowser = sorted.filter(isInBrowser)
    const perBrowser = others.length / inBrowser.length
    const mixed = inBrowser.flatMap((file, nth) => [
      file,
      ...others.slice(Math.round(nth * perBrowser), Math.round((nth + 1) * perBrowser)),
    ])
    return inBrowser.length > 0 ? mixed : others
  }
}
