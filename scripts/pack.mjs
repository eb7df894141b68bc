// @ts-check
// Packs the packages as npm would publish them, and unpacks them where no workspace link can help them.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from './run.mjs'

export const packageNames = ['core', 'react', 'server']

/**
 * @param {string} name
 * @param {string} folder where the tarball goes
 * @returns {Promise<string>} its path
 */
export async function pack(name, folder) {
  const output = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: join(root, 'packages', name),
  })
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[')))
  return join(folder, filename)
}

/**
 * @param {string} tarball
 * @param {string} folder becomes the package's root
 */
export async function unpack(tarball, folder) {
  await mkdir(folder, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'])
}
