/** The embedded stack in a folder of its own: what {@code up} and {@code demo} run on. */
package dev.rubicon.up;
