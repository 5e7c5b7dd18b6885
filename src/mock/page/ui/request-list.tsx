import type { ComponentChild } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { indexOfId } from '../lib/summaries.ts';
import { shown } from '../store/journal.ts';
import { cursor } from '../store/location.ts';
import { RequestRow, rowLabelId } from './request-row.tsx';

/** Narrow screens get two lines a row; the style sheet agrees. */
const narrow = matchMedia('(max-width: 640px)');
const rowHeight = (): number => (narrow.matches ? 54 : 32);

const OVERSCAN = 8;

/** The request at the top edge, and how much of it has been scrolled away. */
interface Anchor {
  readonly id: number;
  readonly offset: number;
}

/** All of the list's height, but only the rows that can be seen. Newest first. */
export const RequestList = (): ComponentChild => {
  const list = shown.value;
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | null>(null);
  /** How far it is scrolled, as it was last heard. */
  const seen = useRef(0);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(800);
  const row = rowHeight();

  const noteScroll = (): void => {
    const { scrollTop } = box.current as HTMLDivElement;
    const index = Math.floor(scrollTop / row);
    const first = shown.value[shown.value.length - 1 - index];
    // At the very top the list follows what arrives.
    anchor.current =
      scrollTop < 4 || !first ? null : { id: first.id, offset: scrollTop - index * row };
    seen.current = scrollTop;
    setTop(scrollTop);
  };

  useEffect(() => {
    const measure = new ResizeObserver(([entry]) => entry && setHeight(entry.contentRect.height));
    measure.observe(box.current as HTMLDivElement);
    return () => measure.disconnect();
  }, []);

  // Who has scrolled away keeps what they read, whatever arrives above it.
  useLayoutEffect(() => {
    const held = anchor.current;
    // To ask the list where it is would lay it out once more for every frame.
    if (!held && seen.current === 0) return;
    const index = Math.min(held ? indexOfId(list, held.id) : Infinity, list.length - 1);
    const wanted = held ? (list.length - 1 - index) * row + held.offset : 0;
    (box.current as HTMLDivElement).scrollTop = wanted;
  }, [list, row]);

  const at = cursor.value;
  useLayoutEffect(() => {
    if (at === null) return;
    const index = indexOfId(list, at);
    if (list[index]?.id !== at) return;
    const scroller = box.current as HTMLDivElement;
    const from = (list.length - 1 - index) * row;
    if (from < scroller.scrollTop) scroller.scrollTop = from;
    else if (from + row > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = from + row - scroller.clientHeight;
    }
  }, [at, row]);

  const first = Math.max(0, Math.floor(top / row) - OVERSCAN);
  const last = Math.min(list.length, Math.ceil((top + height) / row) + OVERSCAN);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, index) => {
    const place = first + index;
    const request = list[list.length - 1 - place];
    return (
      request && (
        <RequestRow
          key={request.id}
          request={request}
          place={place}
          of={list.length}
          top={place * row}
        />
      )
    );
  });
  const isDrawn = at !== null && rows.some((one) => one?.key === at);
  return (
    <div
      class="rows"
      ref={box}
      onScroll={noteScroll}
      role="listbox"
      tabIndex={0}
      aria-label="Requests, newest first"
      aria-activedescendant={isDrawn ? rowLabelId(at) : undefined}
    >
      <div class="rows-inner" role="presentation" style={{ height: `${list.length * row}px` }}>
        {rows}
      </div>
    </div>
  );
};
