/**
 * What differs: a target from its canonical schema ({@code drift}), or its rows ({@code verify}).
 */
package dev.rubicon.cli.difference;
