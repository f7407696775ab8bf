// Mantine's own settings: a calm steel blue for what can be operated, small dense controls, the system's fonts.
import { createTheme, type CSSVariablesResolver } from "@mantine/core";

export const appTheme = createTheme({
  primaryColor: "steel",
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: {
    steel: [
      "#eef4f8", "#dbe7f0", "#b7cfe1", "#8fb8d6", "#6d9fc4", "#4f88b2", "#3a739d", "#275f88", "#1c4c70", "#143a57",
    ],
    gray: ["#f5f6f7", "#eceff1", "#e3e8eb", "#d9dee2", "#c3cad0", "#a3adb5", "#74808a", "#47535d", "#2b353d", "#182027"],
    dark: ["#e4e9ed", "#b0bbc4", "#98a5af", "#5a6771", "#3a444c", "#2c343b", "#232a30", "#1a1f24", "#14181c", "#0e1114"],
  },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono", "Noto Sans CJK SC", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  defaultRadius: 4,
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: {
      defaultProps: { size: "xs", fw: 550 },
      // Mantine takes the text's colour from the light scheme; ours fits the fill in each.
      vars: (_theme: unknown, props: { variant?: string; color?: string }) => ({
        root: (props.variant ?? "filled") === "filled" && !props.color ? { "--button-color": "var(--x-on-accent)" } : {},
      }),
    },
    TextInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    NativeSelect: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 28 } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, fz: "xs" } },
    Menu: { defaultProps: { shadow: "md", position: "bottom-end", transitionProps: { duration: 80 } } },
    Modal: { defaultProps: { transitionProps: { duration: 100 }, centered: true }, styles: { title: { fontSize: "15px", fontWeight: 600 } } },
  },
});

/** Mantine's surfaces and texts follow our tokens, so that one file decides every colour. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--x-surface)",
    "--mantine-color-text": "var(--x-text)",
    "--mantine-color-dimmed": "var(--x-text-2)",
    "--mantine-color-default": "var(--x-raised)",
    "--mantine-color-default-hover": "var(--x-hover)",
    "--mantine-color-default-color": "var(--x-text)",
    "--mantine-color-default-border": "var(--x-line-strong)",
    "--mantine-color-placeholder": "var(--x-text-3)",
    "--mantine-color-anchor": "var(--x-accent)",
    "--mantine-color-error": "var(--x-bad)",
    "--mantine-primary-color-filled": "var(--x-accent-fill)",
    "--mantine-primary-color-filled-hover": "var(--x-accent-fill-hover)",
    "--mantine-primary-color-contrast": "var(--x-on-accent)",
    "--mantine-primary-color-light": "var(--x-selected)",
    "--mantine-primary-color-light-color": "var(--x-accent)",
  };
  return { variables: {}, light: shared, dark: shared };
};
