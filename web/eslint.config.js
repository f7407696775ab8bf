// Lint rules of the client: TypeScript's recommended set, React's hook rules, and which room may import which.
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Lower rooms never import higher ones: protocol <- foresee <- store <- scene <- ui <- app.
const floors = ["protocol", "foresee", "store", "scene", "ui", "app"];
const floorRules = floors.slice(0, -1).map((room, index) => ({
  files: [`src/${room}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group: floors.slice(index + 1).map((higher) => `**/${higher}/**`), message: `${room} may not import a higher room.` }] },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["node_modules", "dist"] },
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-explicit-any": "error",
      "no-empty": "error",
    },
  },
  ...floorRules,
);
