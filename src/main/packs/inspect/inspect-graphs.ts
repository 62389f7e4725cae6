import { readdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { MaskRcnnDescription } from '../mask-rcnn-description.ts'
import { describedFiles, type Pack } from '../find-packs.ts'
import { ProtobufError } from '../protobuf/read-fields.ts'
import { readModelHead, type GraphPort, type ModelHead } from './read-model-head.ts'

/** What is wrong with one graph of a pack, in words for the user. */
export interface GraphFault {
  /** In the pack's folder. */
  readonly file: string
  readonly fault: string
}

/** Operator sets from this version to that are run by the ONNX Runtime of this Lexmask. */
const OLDEST_OPSET = 7
export const NEWEST_OPSET = 26
/** Sets of operators beside the standard one that ONNX Runtime brings. */
const OPERATOR_SETS = new Set(['', 'ai.onnx.ml', 'com.microsoft', 'com.ms.internal.nhwc'])

const FLOATS = ['float32', 'float16']
const INTEGERS = ['int64', 'int32']

/** One thing that a graph has to take or give. */
interface Expected {
  readonly what: string
  readonly types: readonly string[]
  /** null: any extent on this axis */
  readonly dims: readonly (number | null)[]
  /** How many of them; one when it is left out. */
  readonly count?: number
}

interface GraphRole {
  readonly inputs: readonly Expected[]
  readonly outputs: readonly Expected[]
}

const image: Expected = { what: 'image', types: FLOATS, dims: [null, 3, null, null] }
const features: Expected = { what: 'features', types: FLOATS, dims: [null, null, null, null] }
const rois: Expected = { what: 'RoIs', types: FLOATS, dims: [null, 4] }

/** What the graphs of a Mask R-CNN have to be, by the stem of their file. */
function maskRcnnRoles(description: MaskRcnnDescription): Readonly<Record<string, GraphRole>> {
  const levels = (description.anchors ?? []).map(({ boxes }) => boxes.length)
  const columns = description.classes.length + 1
  const map = (what: string, channels: number | null): Expected => {
    return { what, types: FLOATS, dims: [null, channels, null, null] }
  }
  return {
    backbone_rpn: {
      inputs: [image],
      outputs: [
        features,
        ...[...new Set(levels)].flatMap((shapes) => {
          const count = levels.filter((other) => other === shapes).length
          return [
            { ...map('objectness', shapes), count },
            { ...map('box deltas', 4 * shapes), count },
          ]
        }),
      ],
    },
    box_head: {
      inputs: [features, rois],
      outputs: [
        { what: 'class probabilities', types: FLOATS, dims: [null, columns] },
        { what: 'box deltas', types: FLOATS, dims: [null, 4 * columns] },
      ],
    },
    mask_head: { inputs: [features, rois], outputs: [map('masks', null)] },
    end_to_end: {
      inputs: [description.input.layout === 'CHW' ? { ...image, dims: [3, null, null] } : image],
      outputs: [
        { what: 'boxes', types: FLOATS, dims: [null, 4] },
        { what: 'labels', types: INTEGERS, dims: [null] },
        { what: 'scores', types: FLOATS, dims: [null] },
      ],
    },
  }
}

const CLIP_ROLES: Readonly<Record<string, GraphRole>> = {
  vision_model: {
    inputs: [image],
    outputs: [{ what: 'image vector', types: FLOATS, dims: [null, null] }],
  },
  text_model: {
    inputs: [{ what: 'token ids', types: INTEGERS, dims: [null, null] }],
    outputs: [{ what: 'text vector', types: FLOATS, dims: [null, null] }],
  },
}

/**
 * Reads the graphs of a pack and holds them against its description: operator sets, inputs, outputs and
 * their types. Nothing is run, and weights are not read.
 *
 * @returns what is wrong; nothing for a pack that can be tried
 */
export async function inspectGraphs(pack: Pack): Promise<GraphFault[]> {
  const faults: GraphFault[] = []
  for (const { file, role } of await graphsOf(pack)) {
    const path = join(pack.folder, file)
    try {
      const head = await readModelHead(path)
      for (const fault of faultsOf(head, role)) faults.push({ file, fault })
      for (const fault of await externalFaults(head, path, pack.folder))
        faults.push({ file, fault })
    } catch (error) {
      faults.push({ file, fault: unreadable(error) })
    }
  }
  return faults
}

/** @throws LexmaskError PACK_INVALID naming every fault */
export async function assertGraphs(pack: Pack): Promise<void> {
  const faults = await inspectGraphs(pack)
  if (faults.length === 0) return
  const told = faults.map(({ file, fault }) => `${file}: ${fault}`).join('; ')
  throw new LexmaskError(
    'PACK_INVALID',
    `The pack ${pack.name} cannot be used. ${told}. Get it again, or export it again ` +
      '(docs/packs.md says what its graphs have to be).',
    { pack: pack.name, faults },
  )
}

async function graphsOf(pack: Pack): Promise<{ file: string; role: GraphRole | null }[]> {
  if (pack.kind === 'mask-rcnn') {
    const roles = maskRcnnRoles(pack.description)
    return Object.keys(pack.description.files)
      .filter((file) => file.endsWith('.onnx'))
      .map((file) => ({ file, role: roles[file.split('.')[0]] ?? null }))
  }
  const described = Object.keys(describedFiles(pack)).filter((file) => file.endsWith('.onnx'))
  // Their tensors are looked at when they are opened: descriptions name them.
  if (described.length > 0) return described.map((file) => ({ file, role: null }))
  if (pack.kind === 'sam') {
    return [pack.description.encoder, pack.description.decoder].map(({ file }) => ({
      file,
      role: null,
    }))
  }
  if (pack.kind !== 'clip') return []
  const names = await readdir(join(pack.folder, 'onnx')).catch(() => [])
  return names
    .filter((name) => name.endsWith('.onnx'))
    .sort()
    .map((name) => ({
      file: `onnx/${name}`,
      role: CLIP_ROLES[/^(vision_model|text_model)/.exec(name)?.[0] ?? ''] ?? null,
    }))
}

function faultsOf({ opsets, inputs, outputs }: ModelHead, role: GraphRole | null): string[] {
  const faults: string[] = []
  for (const [domain, version] of opsets) {
    if (!OPERATOR_SETS.has(domain)) {
      faults.push(`it needs the operator set "${domain}", which ONNX Runtime does not have`)
    } else if (domain === '' && (version < OLDEST_OPSET || version > NEWEST_OPSET)) {
      faults.push(
        `it is of operator set ${version}; this Lexmask runs ${OLDEST_OPSET} to ${NEWEST_OPSET}`,
      )
    }
  }
  if (role === null) return faults
  for (const expected of role.inputs) faults.push(...missing('takes', expected, inputs))
  for (const expected of role.outputs) faults.push(...missing('gives', expected, outputs))
  return faults
}

function missing(verb: string, expected: Expected, ports: readonly GraphPort[]): string[] {
  const { count = 1 } = expected
  const found = ports.filter((port) => isLike(port, expected)).length
  if (found >= count) return []
  const shape = expected.dims.map((dim) => dim ?? '?').join(', ')
  const has = ports.map(portText).join(', ') || 'nothing'
  const what = count > 1 ? `${found} of ${count} ${expected.what}` : `no ${expected.what}`
  return [`it ${verb} ${what} (${expected.types.join(' or ')} [${shape}]) but ${has}`]
}

const portText = ({ name, type, dims }: GraphPort): string =>
  `${name} ${type} ${dims === null ? 'of unknown shape' : `[${dims.map((dim) => dim || '?').join(', ')}]`}`

/** Where an export has left something open it is not held against it: ONNX Runtime will tell. */
function isLike({ type, dims }: GraphPort, expected: Expected): boolean {
  if (!expected.types.includes(type)) return false
  if (dims === null) return true
  if (dims.length !== expected.dims.length) return false
  return expected.dims.every((dim, axis) => {
    const actual = dims[axis]
    return dim === null || typeof actual !== 'number' || actual === dim
  })
}

async function externalFaults(
  { externalFiles }: ModelHead,
  path: string,
  folder: string,
): Promise<string[]> {
  const faults: string[] = []
  for (const file of externalFiles) {
    const external = resolve(dirname(path), file)
    const inPack = relative(folder, external)
    // On Windows what lies on another drive has no relative path.
    if (isAbsolute(inPack) || inPack.split(sep)[0] === '..') {
      faults.push(`its weights are outside of the pack (${file})`)
    } else if (!(await stat(external).catch(() => null))) {
      faults.push(`its weights are missing (${file})`)
    }
  }
  return faults
}

function unreadable(error: unknown): string {
  if (error instanceof ProtobufError) return `it is no ONNX model: ${error.message}`
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'it is missing' : `it cannot be read (${message})`
}
