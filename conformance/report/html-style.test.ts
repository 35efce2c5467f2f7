import { describe, expect, it } from "vitest";
import { style } from "./html-style.js";

/** The two values of a colour: in light and in dark. */
function colour(name: string): readonly [string, string] {
  const [, light = "", dark = ""] = new RegExp(`--${name}:light-dark\\((#\\w+),(#\\w+)\\)`).exec(style) ?? [];
  return [light, dark];
}

/** Relative luminance of `#rgb` or `#rrggbb`, as WCAG 2 has it. */
function luminance(hex: string): number {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : (hex.slice(1).match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0] = digits.map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
}

// @requirement HAR-05
describe("the page's colours", () => {
  it.each([
    ["ink", "card"],
    ["ink", "bg"],
    ["ink", "passbg"],
    ["ink", "failbg"],
    ["soft", "card"],
    ["soft", "code"],
    ["soft", "bg"],
    ["soft", "passbg"],
    ["pass", "passbg"],
    ["fail", "failbg"],
    ["warn", "warnbg"],
    ["waive", "waivebg"],
    ["plan", "planbg"],
    ["link", "card"],
    ["pass", "card"],
    ["fail", "card"],
    ["warn", "card"],
  ])("%s can be read on %s, in light and in dark", (text, ground) => {
    for (const at of [0, 1] as const) {
      expect(contrast(colour(text)[at], colour(ground)[at])).toBeGreaterThanOrEqual(4.5);
    }
  });
});
