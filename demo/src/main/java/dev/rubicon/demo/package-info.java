/** {@code rubicon demo}: a whole rollout for real, on this machine, measured from outside. */
package dev.rubicon.demo;
