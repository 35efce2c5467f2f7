import Type, { type Static } from "typebox";

const Path = Type.String({ minLength: 1, maxLength: 4096 });
const end = "\\d{1,6}(\\.\\d{1,6}){0,15}";
/** One section with all below it (`7.6`), or all from one to another (`1-6`). */
const Range = Type.String({ pattern: `^${end}(\\s*[-–]\\s*${end})?$` });

/** The block `packets` of `lockkeeper.yaml`. Paths are relative to it. */
export const PacketSettings = Type.Object(
  {
    /** Where packets are: `FOLDER/WP-ID.md`. */
    folder: Path,
    task_board: Path,
    /** The file that names the current spec, or the spec itself. */
    spec_current: Path,
    /** Sections that only point to others. */
    roadmap: Type.Optional(Type.Array(Range, { maxItems: 100 })),
    /** Sections that define done; all but the roadmap's where it is left out. */
    main_body: Type.Optional(Type.Array(Range, { maxItems: 100 })),
    /** Folders that git ignores and tests need, such as node_modules: they are copied into the workspace of TEST_PLAN. */
    copy: Type.Optional(Type.Array(Path, { maxItems: 20 })),
  },
  { additionalProperties: false },
);
export type PacketSettings = Static<typeof PacketSettings>;
