// @ts-check
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * A program that tests need and npm does not install.
 * @typedef {object} Program
 * @property {string} env environment variable that names the executable and beats everything else
 * @property {readonly string[]} commands names looked for on PATH, the best first
 * @property {string} debian package that brings it
 * @property {string} [probe] option with which it runs and ends at once; `--version` if not given
 * @property {readonly string[]} [folders] where it may be besides PATH
 * @property {(() => Promise<string | undefined>) | undefined} [fromNpm] last resort, without root
 */

/** One row per program; `findProgram` needs nothing else to know about a new one. */
const programs = /** @satisfies {Record<string, Program>} */ ({
  chromium: {
    env: 'CHROMIUM_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    debian: 'chromium',
    fromNpm: chromiumFromNpm,
  },
  nginx: {
    env: 'NGINX_PATH',
    commands: ['nginx'],
    debian: 'nginx-light',
    probe: '-v',
    // Debian puts it where only root looks.
    folders: ['/usr/sbin', '/usr/local/sbin'],
  },
  redis: {
    env: 'REDIS_SERVER_PATH',
    commands: ['redis-server', 'valkey-server'],
    debian: 'redis-server',
  },
})

/** @typedef {keyof typeof programs} ProgramName */

/** Set to 1, nothing is installed or fetched: what is not there stays away. */
export const noInstallVariable = 'STEADYSTREAM_NO_INSTALL'

const chromiumPackage = '@sparticuz/chromium@153.0.0'
const cacheFolder = join(import.meta.dirname, '..', '.cache')

/**
 * The path of a program: named by its variable, else on PATH, else installed by apt where we are root on Debian, else
 * from npm where a package has it. `undefined` if all of that fails.
 * @param {ProgramName} name
 * @returns {Promise<string | undefined>}
 */
export async function findProgram(name) {
  /** @type {Program} */
  const program = programs[name]
  const named = process.env[program.env]
  if (named) {
    if (!runs(named, program.probe))
      throw new Error(`${program.env} is ${named}, which does not run: correct it, or unset it`)
    return named
  }
  const present = onPath(program)
  if (present || process.env[noInstallVariable] === '1') return present
  return installFromDebian(program) ?? (await program.fromNpm?.())
}

/**
 * How somebody who lacks the program gets it, for messages.
 * @param {ProgramName} name
 */
export function howToGet(name) {
  const { env, debian } = programs[name]
  return `install it (Debian: apt-get install ${debian}) or set ${env}, and unset ${noInstallVariable}`
}

/** @param {Program} program */
function onPath({ commands, folders = [], probe }) {
  const searched = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...folders]
  return commands
    .flatMap((command) => searched.map((folder) => join(folder, command)))
    .find((path) => runs(path, probe))
}

/**
 * Being there is not enough: Ubuntu's chromium is a script that asks for a snap.
 * @param {string} path
 */
function runs(path, probe = '--version') {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    return false
  }
  return spawnSync(path, [probe], { timeout: 30_000, stdio: 'ignore' }).status === 0
}

/** @param {Program} program */
function installFromDebian(program) {
  const { debian } = program
  if (process.getuid?.() !== 0 || !isDebian()) return undefined
  console.log(`Installing ${debian} with apt-get (${noInstallVariable}=1 prevents this)`)
  // In this run level a package starts no server of its own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', debian]]) {
    const { status } = spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    // A failed update may leave lists that still serve; a failed install leaves nothing on PATH.
    if (status !== 0) console.log(`apt-get ${args.join(' ')} failed`)
  }
  return onPath(program)
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

/** Kept out of the lock: 66 MB that only machines without a browser need. */
async function chromiumFromNpm() {
  const folder = join(cacheFolder, 'chromium')
  if (!existsSync(join(folder, 'node_modules/@sparticuz/chromium'))) {
    console.log(`Fetching ${chromiumPackage} from npm into .cache (${noInstallVariable}=1 prevents this)`)
    const args = ['install', '--prefix', folder, '--no-save', '--no-package-lock', '--no-audit', chromiumPackage]
    // npm is a script on Windows, which spawn starts through a shell only.
    const shell = process.platform === 'win32'
    if (spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'], shell }).status !== 0) return undefined
  }
  const entry = createRequire(join(folder, 'package.json')).resolve('@sparticuz/chromium')
  const { default: chromium, inflate, setupLambdaEnvironment } = await import(pathToFileURL(entry).href)
  // It unpacks into the temporary folder, where another user's files of the same names would be taken for its own.
  const { TMPDIR } = process.env
  process.env['TMPDIR'] = folder
  try {
    const path = await chromium.executablePath()
    if (!runs(path)) {
      // A bare machine lacks NSS: the package brings it, but unpacks it by itself in Lambda only.
      await inflate(join(dirname(entry), '../bin/al2023.tar.br'))
      setupLambdaEnvironment(join(folder, 'al2023/lib'))
    }
    return runs(path) ? path : undefined
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  }
}
