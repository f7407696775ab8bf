// Our own line icons, 16 by 16, drawn in the text's colour; always beside a text or an aria-label of the button.
import type { SVGProps } from "react";

const paths = {
  world: "M8 1.5 14 5v6l-6 3.5L2 11V5zM2 5l6 3.5L14 5M8 8.5v6",
  table: "M2 3h12v10H2zM2 6.3h12M2 9.6h12M6 3v10",
  rows: "M2 3.500h6M5 8h7M8 12.500h6",
  split: "M2 2.5h12v11H2zM2 9h12",
  fork: "M2 4.500h4c3 0 3 7 6 7h1.500M6 4.500h7.500M11.500 2.500l2 2-2 2M11.500 9.500l2 2-2 2",
  beside: "M2 3h12v10H2zM8 3v10",
  tree: "M3 2v10.5h4M3 6.5h4M7 4.8h6v3.4H7zM7 10.8h6v3.2H7z",
  inspect: "M2 3h12v10H2zM9.5 3v10M11.2 6h1.4M11.2 8.5h1.4",
  engine: "M3 6h2l1.5-2h4L12 6h1.5v5H12l-1 1.5H5L3.5 11H3zM1.5 7v3M6.5 2.5h4",
  gauge: "M2.2 12a6.2 6.2 0 1 1 11.6 0M8 10 11 6.2M8 9.3a1 1 0 1 1 0 2 1 1 0 0 1 0-2z",
  bell: "M8 2a4 4 0 0 1 4 4v3.2l1.3 2.3H2.7L4 9.2V6a4 4 0 0 1 4-4zM6.5 13.7h3",
  bellOff: "M5 3.4A4 4 0 0 1 12 6v3.2M12.4 11.5H2.7L4 9.2V6M6.5 13.7h3M2 2l12 12",
  shelf: "M2 4.5h12v3H2zM3.2 7.5v6h9.6v-6M6.3 10h3.4",
  chart: "M2 2v12h12M2 5h12M2 11.5h12M4 9l2.2-2 2 1.6L11 5.6l2.2 2.4",
  plan: "M4 3.500h9v10.500H4zM6.500 2h4v3h-4zM6 7.500l1 1 1.500-1.800M10 7.800h1.800M6 11l1 1 1.500-1.800M10 11.300h1.800",
  rule: "M2.5 4h5M10.5 4h3M2.5 8h2M7.5 8h6M2.5 12h6M11.5 12h2M9 2.7v2.6M6 6.7v2.6M10 10.7v2.6",
  plus: "M8 3v10M3 8h10",
  trash: "M2.5 4.5h11M6 4.5V2.5h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4M9.3 7v4",
  note: "M3 2.5h10v7.5l-3.5 3.5H3zM9.5 13.5V10H13M5.5 5.5h5M5.5 8h3",
  upload: "M8 10.5v-8M5 5.3 8 2.3l3 3M2.5 13.5h11",
  reset: "M3.5 6.5A5 5 0 1 1 3 9M3 3v3.5h3.5",
  question: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2M8 11v.3",
  activity: "M2 4h2M6 4h8M2 8h2M6 8h8M2 12h2M6 12h8",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 14 14",
  command: "M2.5 4.5 6 8l-3.5 3.5M8 11.5h5.5",
  open: "M2 13V3.5h4L7.5 5H14v8zM8 11V7.2M6.2 8.8 8 7l1.8 1.8",
  download: "M8 2v8M5 7.2 8 10.2l3-3M2.5 13.5h11",
  link: "M6.5 9.5l3-3M7 4.5l1.3-1.3a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5l-1.3 1.3a3 3 0 0 1-4.3-4.3L4.7 7.2",
  undo: "M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
  redo: "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10",
  play: "M5 3v10l8-5z",
  pause: "M5 3v10M11 3v10",
  stepBack: "M4 3v10M12.5 3.5v9L6 8z",
  stepOn: "M12 3v10M3.5 3.5v9L10 8z",
  live: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM3.6 3.6a6.2 6.2 0 0 0 0 8.8M12.4 3.6a6.2 6.2 0 0 1 0 8.8",
  zoomIn: "M8 3v10M3 8h10",
  zoomOut: "M3 8h10",
  chevron: "M6 3.5 10.5 8 6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  user: "M8 2.2a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2zM2.8 14a5.2 5.2 0 0 1 10.4 0",
  sun: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13",
  moon: "M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1z",
  contrast: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 2v12M10 3v10M12 4.6v6.8",
  language: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM2 8h12M8 2c-3.6 3.6-3.6 8.400 0 12M8 2c3.6 3.6 3.6 8.400 0 12",
  plant: "M2 14V7l4 2.500V7l4 2.500V3h4v11zM5 12h1M9 12h1",
  station: "M3 14V6h10v8zM5.500 6V3h5v3M6 10h4",
  agv: "M2 10.500V6h8l4 2.500v2zM4.500 10.500a1.400 1.400 0 1 0 0 .1M11.500 10.500a1.400 1.400 0 1 0 0 .1",
  shell: "M2.500 2.500h11v11h-11zM5 5.500h6M5 8h6M5 10.500h3.500",
  submodel: "M4 2h5.500L12.500 5v9H4zM9 2v3.500h3.500",
  collection: "M2 4.500h4.500L8 6h6v7.500H2z",
  value: "M2 8h2.500L6 4l3.500 8L11 8h3",
  file: "M4 2h5.500L12.500 5v9H4zM9 2v3.500h3.500M6 9h4.500M6 11.500h4.500",
  cube: "M8 1.500 14 5v6l-6 3.500L2 11V5zM2 5l6 3.500L14 5M8 8.500v6",
  place: "M8 14.500S3 10 3 6.500a5 5 0 0 1 10 0C13 10 8 14.500 8 14.500zM8 4.800a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400z",
  pencil: "M3 13l.6-2.900L10.800 2.900l2.300 2.300-7.200 7.200z",
  move: "M8 2v12M2 8h12M6.400 3.600 8 2l1.600 1.600M6.400 12.400 8 14l1.600-1.600M3.600 6.400 2 8l1.600 1.600M12.400 6.400 14 8l-1.600 1.600",
  write: "M2 13.500h12M4 10.500h8M8 2v5.500M5.800 5.500 8 7.700l2.200-2.200",
  call: "M5 2.500v11l8-5.500z",
  focus: "M2 5.500V2h3.500M10.500 2H14v3.500M14 10.500V14h-3.500M5.500 14H2v-3.500M8 6.300a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400z",
  filter: "M2 3h12L9.500 8.500V13l-3-1.500v-3z",
  sort: "M5 3v10M2.800 10.800 5 13l2.200-2.200M11 13V3M8.800 5.200 11 3l2.200 2.200",
  info: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 7.300v3.700M8 4.800v.4",
  error: "M5.500 2h5L14 5.500v5L10.500 14h-5L2 10.500v-5zM8 5v3.700M8 10.700v.4",
  warning: "M8 2.200 14.300 13.500H1.700zM8 6.500v3.300M8 11.400v.3",
  shield: "M8 1.800 13 3.500V8c0 3-2 5-5 6.300C5 13 3 11 3 8V3.500zM5.800 8l1.600 1.600 2.900-3",
  uncertain: "M8 1.800 14.200 8 8 14.200 1.800 8zM8 5v3.700M8 10.500v.3",
  check: "M3 8.500 6.500 12 13 4.500",
  plug: "M5.500 2v3.500M10.500 2v3.500M3.500 5.500h9V8a4.500 4.500 0 0 1-9 0zM8 12.500v2",
  unplug: "M5.500 2v3.500M10.500 2v3.500M3.500 5.500h9V8a4.500 4.500 0 0 1-9 0zM8 12.500v2M2 14 14 2",
  more: "M3 8h.1M8 8h.1M13 8h.1",
  copy: "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
  clock: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.800V8l2.400 1.600",
  sidebar: "M2 3h12v10H2zM6 3v10",
  archive: "M2 3h12v3.500H2zM3 6.500h10V13H3zM6.500 9h3",
  seal: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM5.300 8.200l2 2 3.500-3.800",
  out: "M9.500 2.500h-7v11h7M6.500 8h7.500M11.500 5.500 14 8l-2.500 2.500",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16, ...rest }: { name: IconName; size?: number } & SVGProps<SVGSVGElement>) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 2.2 : 1.3}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flex: "none" }}
      {...rest}
    >
      <path d={paths[name]} />
    </svg>
  );
}
