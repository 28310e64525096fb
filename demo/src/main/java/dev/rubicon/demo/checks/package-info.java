/**
 * The fixture: a small service that runs claim checks, in two builds, and what deploys it. It knows
 * nothing of Rubicon: JDK, pgjdbc and itself, as the owner's real service would.
 */
package dev.rubicon.demo.checks;
