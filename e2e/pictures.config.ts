// Takes the pictures of the console that the README shows: `cargo xtask pictures`.
import { defineConfig } from "@playwright/test";
import stories from "./playwright.config";

export default defineConfig({
  ...stories,
  testDir: "pictures",
  testMatch: "*.pictures.ts",
  globalSetup: "./pictures/demo.ts",
});
