import type { Posterior } from '#main/vision/candidate.ts'

// Every platform that Lexmask runs on is little-endian, so the bytes of a typed array are the format.

export function blobOfArray(array: Uint16Array | Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

/** Without a copy where the blob lies at a multiple of two. */
export function uint16OfBlob(blob: Buffer): Uint16Array {
  const { buffer, byteOffset, byteLength } = blob
  return byteOffset % Uint16Array.BYTES_PER_ELEMENT === 0
    ? new Uint16Array(buffer, byteOffset, byteLength / Uint16Array.BYTES_PER_ELEMENT)
    : new Uint16Array(bytesOf(blob))
}

export function float32OfBlob(blob: Buffer): Float32Array {
  return new Float32Array(bytesOf(blob))
}

/** [k] uint16 classes, then [k] float32 probabilities. */
export function blobOfPosterior({ classes, probabilities }: Posterior): Buffer {
  return Buffer.concat([blobOfArray(classes), blobOfArray(probabilities)])
}

export function posteriorOfBlob(blob: Buffer): Posterior {
  const bytes = bytesOf(blob)
  const classesEnd =
    (bytes.byteLength / (Uint16Array.BYTES_PER_ELEMENT + Float32Array.BYTES_PER_ELEMENT)) *
    Uint16Array.BYTES_PER_ELEMENT
  return {
    classes: new Uint16Array(bytes.slice(0, classesEnd)),
    probabilities: new Float32Array(bytes.slice(classesEnd)),
  }
}

/** A copy: a Buffer may start anywhere in a shared pool, a typed array only at a multiple of its elements. */
function bytesOf(blob: Buffer): ArrayBuffer {
  const bytes = new ArrayBuffer(blob.byteLength)
  new Uint8Array(bytes).set(blob)
  return bytes
}
