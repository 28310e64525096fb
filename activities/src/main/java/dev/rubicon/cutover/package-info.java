/** Cutover: one short transaction that makes canonical the authority. */
package dev.rubicon.cutover;
