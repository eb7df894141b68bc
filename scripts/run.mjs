// @ts-check
// How scripts run other programs: from node_modules/.bin, with their output kept for when they fail.
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

export const root = join(import.meta.dirname, '..')

const path = `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, signal?: AbortSignal, show?: boolean }} [options] `show` prints the output as it comes
 * @returns {Promise<string>} what it printed
 * @throws {Error} with what it printed, if it does not end with code 0
 */
export function run(command, args, { cwd = root, signal, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = show ? 'inherit' : 'pipe'
    // Programs of npm are scripts on Windows, which spawn starts through a shell only.
    const shell = process.platform === 'win32'
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', stdio, stdio],
      shell,
      signal,
      env: { ...process.env, PATH: path },
    })
    let output = ''
    for (const pipe of [child.stdout, child.stderr]) pipe?.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${[command, ...args].join(' ')} ended with code ${code}\n${output}`))
    })
  })
}
