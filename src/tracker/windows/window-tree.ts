import { keyFields, type Window, type WindowKey } from './window.ts';

/**
 * Open windows by their keys. A tree that tells apart only what it has to: windows that differ in their
 * user alone are one map away. Keys are compared field by field and never joined, so that no value can
 * be taken for two.
 */
export interface WindowTree {
  readonly find: (key: WindowKey) => Window | undefined;
  /** Its key must not be in. */
  readonly insert: (window: Window) => void;
  readonly remove: (window: Window) => void;
}

/** Parts windows by a field in which some of them differ. */
interface Split {
  readonly field: number;
  readonly children: Map<unknown, Node>;
}

type Node = Window | Split;

const { length } = keyFields;

/** The first field in which two keys differ, -1 when they are the same. */
const difference = (a: WindowKey, b: WindowKey): number => {
  for (let field = 0; field < length; field += 1) if (a[field] !== b[field]) return field;
  return -1;
};

export const createWindowTree = (): WindowTree => {
  let root: Node | undefined;

  /** Replaces what is below a split, or the root. */
  const hang = (node: Node | undefined, above: Split | undefined, key: WindowKey): void => {
    if (above === undefined) root = node;
    else if (node === undefined) above.children.delete(key[above.field]);
    else above.children.set(key[above.field], node);
  };

  return {
    find: (key) => {
      let node = root;
      while (node?.children !== undefined) node = node.children.get(key[node.field]);
      return node !== undefined && difference(node.key, key) < 0 ? node : undefined;
    },
    insert: (window) => {
      const { key } = window;
      let above: Split | undefined;
      let node = root;
      while (node?.children !== undefined) {
        above = node;
        node = node.children.get(key[node.field]);
      }
      if (node === undefined) {
        hang(window, above, key);
        return;
      }
      // A field that a split above parts by is none in which they differ.
      const field = difference(node.key, key);
      const children = new Map<unknown, Node>([
        [node.key[field], node],
        [key[field], window],
      ]);
      hang({ field, children }, above, key);
    },
    remove: (window) => {
      const { key } = window;
      let above: Split | undefined;
      let aboveThat: Split | undefined;
      let node = root;
      while (node?.children !== undefined) {
        aboveThat = above;
        above = node;
        node = node.children.get(key[node.field]);
      }
      if (node !== window) return;
      hang(undefined, above, key);
      if (above?.children.size === 0) hang(undefined, aboveThat, key);
    },
  };
};
