// Every colour and light of the world, per theme: greys for what is normal, colour only for what is not (ISA-101).
import { Color } from "three";
import type { PlaceState, ThemeName } from "./_types";

export interface Looks {
  background: Color;
  floor: Color;
  line: Color;
  fogNearM: number;
  fogFarM: number;
  skyLight: Color;
  groundLight: Color;
  hemisphere: number;
  sun: number;
  environment: number;
  exposure: number;
  /** Edges of the chosen place and the frame around it on the floor. */
  outline: Color;
  hover: Color;
  lampOff: Color;
  /** A machine's lamp that shines though nothing is amiss. */
  lampOn: Color;
  /** A light that asks for a hand: pick here. */
  lightOn: Color;
  /** Frame on the floor and lamp of a place that is not normal; null where nothing is shown. */
  mark: Record<PlaceState, Color | null>;
  /** Multiplies the colours of the machine itself. */
  tint: Record<PlaceState, Color | null>;
}

const colour = (hex: number) => new Color(hex);

export const LOOKS: Record<ThemeName, Looks> = {
  light: {
    background: colour(0xcfd4d8),
    floor: colour(0xc4c9cd),
    line: colour(0xb3b9be),
    fogNearM: 90,
    fogFarM: 320,
    skyLight: colour(0xf4f7fa),
    groundLight: colour(0x8a8d90),
    hemisphere: 1.0,
    sun: 2.1,
    environment: 0.45,
    exposure: 1.0,
    outline: colour(0x1d5a86),
    hover: colour(0x5b7d98),
    lampOff: colour(0x9aa1a6),
    lampOn: colour(0xf7f9fa),
    lightOn: colour(0x2f9e77),
    mark: { normal: null, waiting: colour(0xd99a00), failed: colour(0xc02b22), off: colour(0x6f7a83), unknown: colour(0x8d4a80) },
    tint: { normal: null, waiting: null, failed: new Color(1, 0.58, 0.54), off: new Color(0.72, 0.72, 0.74), unknown: new Color(0.8, 0.76, 0.8) },
  },
  dark: {
    background: colour(0x14181c),
    floor: colour(0x23292e),
    line: colour(0x343c43),
    fogNearM: 80,
    fogFarM: 280,
    skyLight: colour(0xc9d5e0),
    groundLight: colour(0x30363c),
    hemisphere: 0.34,
    sun: 0.8,
    environment: 0.24,
    exposure: 0.9,
    outline: colour(0x8fc1e6),
    hover: colour(0x6a93b3),
    lampOff: colour(0x6b747b),
    lampOn: colour(0xe8eef2),
    lightOn: colour(0x5cc79f),
    mark: { normal: null, waiting: colour(0xf3c15d), failed: colour(0xff6f62), off: colour(0x7f8b95), unknown: colour(0xe3a6db) },
    tint: { normal: null, waiting: null, failed: new Color(1, 0.42, 0.38), off: new Color(0.62, 0.62, 0.65), unknown: new Color(0.75, 0.7, 0.75) },
  },
  contrast: {
    background: colour(0x000000),
    floor: colour(0x0a0a0a),
    line: colour(0x5c5c5c),
    fogNearM: 200,
    fogFarM: 600,
    skyLight: colour(0xffffff),
    groundLight: colour(0x404040),
    hemisphere: 1.2,
    sun: 1.8,
    environment: 0.4,
    exposure: 1.05,
    outline: colour(0xffe45c),
    hover: colour(0xffffff),
    lampOff: colour(0x595959),
    lampOn: colour(0xffffff),
    lightOn: colour(0x7dffc4),
    mark: { normal: null, waiting: colour(0xffc233), failed: colour(0xff4a3d), off: colour(0xbfbfbf), unknown: colour(0xff9df0) },
    tint: { normal: null, waiting: null, failed: new Color(1, 0.3, 0.26), off: new Color(0.5, 0.5, 0.5), unknown: new Color(0.6, 0.5, 0.6) },
  },
};
