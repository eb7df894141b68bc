// @ts-check
// A program outside the repository that uses the packed packages: compiled under `bundler` and `nodenext` resolution,
// with every declaration file of ours checked, then run by Node.
import { cp, mkdtemp, mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pack, unpack } from './pack.mjs'
import { root, run } from './run.mjs'

// Their dependencies come from the repository's installation: the check is about our files, and works without a network.
const packed = ['core', 'server']
const linked = ['eventsource-parser', 'mitt', 'reconnecting-websocket', 'ws', '@types/node', 'undici-types']

const folder = await realpath(await mkdtemp(join(tmpdir(), 'steadystream-consumer-')))
try {
  await install()
  await Promise.all([compile('nodenext', 'nodenext'), compile('esnext', 'bundler')])
  process.stdout.write(await run(process.execPath, ['out-nodenext/main.js'], { cwd: folder }))
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function install() {
  for (const name of packed) {
    await unpack(await pack(name, folder), join(folder, 'node_modules/@steadystream', name))
  }
  for (const name of linked) {
    const link = join(folder, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(root, 'node_modules', name), link, 'dir')
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await cp(join(root, 'scripts/consumer/main.ts'), join(folder, 'main.ts'))
}

/**
 * @param {string} module
 * @param {string} moduleResolution
 */
async function compile(module, moduleResolution) {
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2022',
    lib: ['ES2024', 'DOM', 'DOM.Iterable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    rootDir: '.',
    outDir: `out-${moduleResolution}`,
  }
  const config = `tsconfig.${moduleResolution}.json`
  await writeFile(join(folder, config), JSON.stringify({ compilerOptions, files: ['main.ts'] }))
  await run('tsc', ['--project', config], { cwd: folder })
  console.log(`compiles under ${moduleResolution}`)
}
