// @ts-check
// Whether what npm would publish can be imported and typed: publint and arethetypeswrong on the packed tarballs.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack, packageNames } from './pack.mjs'
import { run } from './run.mjs'

const folder = await mkdtemp(join(tmpdir(), 'steadystream-packages-'))
try {
  for (const name of packageNames) {
    const tarball = await pack(name, folder)
    await Promise.all([
      run('publint', [tarball, '--strict']),
      run('attw', [tarball, '--profile', 'esm-only', '--no-emoji']),
    ])
    console.log(`packages/${name} is publishable`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
