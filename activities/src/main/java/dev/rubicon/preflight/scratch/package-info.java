/** The databases and schemas that are made for a trial and dropped after it. */
package dev.rubicon.preflight.scratch;
