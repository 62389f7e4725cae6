import type { Canvas, Path } from 'fabric'
import type { Ring } from '#shared/geometry/contours.ts'
import type { Size } from '#shared/geometry/size.ts'
import type { View } from '../view-transform.ts'

/** The selected annotation as an object that can be edited. */
export interface LiveShape {
  readonly id: number
  /** Image pixels; outer rings and holes. */
  readonly rings: readonly Ring[]
  /** #rrggbb */
  readonly colour: string
  readonly isDashed: boolean
}

export interface LiveAppearance {
  /** 0 while the mask layer below still shows the mask. */
  readonly fillOpacity: number
}

const LINE_PX = 2
const HALO_PX = 4.5
const DASH_PX = [6, 4]

/** SVG path commands, as Fabric takes them. */
type PathCommand = ['M' | 'L', number, number] | ['Z']

export function pathOf(rings: readonly Ring[]): PathCommand[] {
  return rings.flatMap(commandsOf)
}

function commandsOf(ring: Ring): PathCommand[] {
  const commands: PathCommand[] = []
  for (let i = 0; i < ring.length; i += 2) {
    commands.push([i === 0 ? 'M' : 'L', ring[i], ring[i + 1]])
  }
  return [...commands, ['Z']]
}

/**
 * The one Fabric object of the canvas, in image pixels; Fabric's viewport is the canvas's view.
 * It takes no pointer events yet: the canvas's tools have them.
 */
export class LiveLayer {
  readonly #canvas: Canvas
  readonly #makePath: (commands: PathCommand[]) => Path
  #path: Path | null = null
  /** Light, under the line: what is selected is seen on every picture. */
  #halo: Path | null = null
  #shape: LiveShape | null = null

  private constructor(canvas: Canvas, makePath: (commands: PathCommand[]) => Path) {
    this.#canvas = canvas
    this.#makePath = makePath
  }

  /** Fabric is loaded with the first selection, so that a window opens without it. */
  static async open(element: HTMLCanvasElement): Promise<LiveLayer> {
    const { Canvas, Path } = await import('fabric')
    const canvas = new Canvas(element, {
      selection: false,
      skipTargetFind: true,
      renderOnAddRemove: false,
      preserveObjectStacking: true,
    })
    // The origin is the centre: Fabric places a path by its own points when none is given.
    const makePath = (commands: PathCommand[]) =>
      new Path(commands, {
        selectable: false,
        evented: false,
        objectCaching: false,
        fillRule: 'evenodd',
        strokeLineJoin: 'round',
      })
    return new LiveLayer(canvas, makePath)
  }

  show(shape: LiveShape | null): void {
    if (shape === this.#shape) return
    this.#shape = shape
    this.#canvas.remove(...this.#canvas.getObjects())
    this.#path = this.#halo = null
    if (shape === null) return
    const commands = pathOf(shape.rings)
    this.#halo = this.#makePath(commands)
    this.#path = this.#makePath(commands)
    this.#canvas.add(this.#halo, this.#path)
  }

  /** Draws at once, in the same frame as the layers below. */
  paint(view: View, viewport: Size, { fillOpacity }: LiveAppearance): void {
    const canvas = this.#canvas
    if (canvas.width !== viewport.width || canvas.height !== viewport.height) {
      canvas.setDimensions({ width: viewport.width, height: viewport.height })
    }
    const shape = this.#shape
    this.#halo?.set({ fill: '', stroke: '#ffffff', strokeWidth: HALO_PX / view.scale })
    if (this.#path !== null && shape !== null) {
      this.#path.set({
        fill: shape.colour + hexByte(fillOpacity),
        stroke: shape.colour,
        strokeWidth: LINE_PX / view.scale,
        strokeDashArray: shape.isDashed ? DASH_PX.map((px) => px / view.scale) : null,
      })
    }
    canvas.viewportTransform = [view.scale, 0, 0, view.scale, view.x, view.y]
    canvas.calcViewportBoundaries()
    canvas.renderAll()
  }

  async close(): Promise<void> {
    await this.#canvas.dispose()
  }
}

function hexByte(share: number): string {
  return Math.round(share * 255)
    .toString(16)
    .padStart(2, '0')
}
