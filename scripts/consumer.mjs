// @ts-check
// Programs outside the repository that use the packed packages, every entry of them: compiled under `bundler` and
// `nodenext` resolution, with every declaration file checked, then run by Node.
import { cp, mkdtemp, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pack, unpack } from './pack.mjs'
import { root, run } from './run.mjs'

// Their dependencies come from the repository's installation: the check is about our files, and works without a network.
const packed = ['core', 'server']
const linked = [
  ...['eventsource-parser', 'mitt', 'reconnecting-websocket', 'ws', 'msw', 'fastify', 'zod', 'valibot'],
  ...['@types/node', 'undici-types'],
]
const programs = ['main', 'typed-events', 'entries']

const folder = await realpath(await mkdtemp(join(tmpdir(), 'steadystream-consumer-')))
try {
  await install()
  await Promise.all([compile('nodenext', 'nodenext'), compile('esnext', 'bundler')])
  for (const program of programs)
    process.stdout.write(await run(process.execPath, [`out-nodenext/${program}.js`], { cwd: folder }))
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
  await cp(join(root, 'scripts/consumer'), folder, { recursive: true })
  await writeFile(join(folder, 'entries.ts'), await importEveryEntry())
}

/** A program that imports whatever the packages export, and fails if there is nothing in it. */
async function importEveryEntry() {
  const entries = await Promise.all(
    packed.map(async (name) => {
      const { exports } = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'))
      const paths = Object.keys(exports).filter((path) => path !== './package.json')
      return paths.map((path) => `@steadystream/${name}${path.slice(1)}`)
    }),
  )
  const names = entries.flat()
  return [
    ...names.map((entry, number) => `import * as entry${number} from '${entry}'`),
    `const entries = [${names.map((_, number) => `entry${number}`).join()}]`,
    `if (entries.some((entry) => Object.keys(entry).length === 0)) throw new Error('an entry exports nothing')`,
    `console.log(entries.length, 'entries')`,
  ].join('\n')
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
  await writeFile(
    join(folder, config),
    JSON.stringify({ compilerOptions, files: programs.map((name) => `${name}.ts`) }),
  )
  await run('tsc', ['--project', config], { cwd: folder })
  console.log(`compiles under ${moduleResolution}`)
}
