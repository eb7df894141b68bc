// @ts-check
// Type-checks the samples of the documentation against the sources, each as a module of its own. A fence that opens
// with ```ts ignore is left out: for fragments that are not meant to stand alone.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { root } from './run.mjs'

/** @typedef {{ file: string, line: number, text: string, path: string }} Sample `path` is where it pretends to lie */

const samples = documents().flatMap(samplesOf)
const messages = check(samples)
for (const message of messages) console.error(message)
console.log(`${samples.length} samples, ${messages.length} errors`)
if (messages.length > 0) process.exitCode = 1

function documents() {
  const found = ts.sys.readDirectory(
    root,
    ['.md'],
    ['**/node_modules', '**/dist'],
    ['README.md', 'docs', 'packages/*/README.md'],
  )
  return found.map((path) => relative(root, path))
}

/**
 * @param {string} file
 * @returns {Sample[]}
 */
function samplesOf(file) {
  const markdown = readFileSync(join(root, file), 'utf8')
  return [...markdown.matchAll(/^```(tsx?)[ \t]*\n([^]*?)^```/gm)].map(({ index, 1: language, 2: text }, number) => ({
    file,
    line: markdown.slice(0, index).split('\n').length + 1,
    text: text ?? '',
    // A workspace that depends on every package the samples import, and where none of their own files is near.
    path: join(root, 'docs', `${file.replaceAll(/[^a-z0-9]/gi, '_')}_${number}.${language}`),
  }))
}

/**
 * @param {Sample[]} all
 * @returns {string[]} one line per error, at its place in the document
 */
function check(all) {
  const virtual = new Map(all.map((sample) => [sample.path, sample]))
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  const host = ts.createCompilerHost(options)
  host.readFile = (path) => virtual.get(path)?.text ?? ts.sys.readFile(path)
  host.fileExists = (path) => virtual.has(path) || ts.sys.fileExists(path)
  // Samples without imports are modules all the same, and one may await at its top level.
  const program = ts.createProgram(
    [...virtual.keys()],
    { ...options, moduleDetection: ts.ModuleDetectionKind.Force },
    host,
  )
  return [...virtual].flatMap(([path, sample]) => {
    const source = program.getSourceFile(path)
    return ts.getPreEmitDiagnostics(program, source).map((diagnostic) => {
      const line = source?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0
      return `${sample.file}:${sample.line + line} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`
    })
  })
}
