/**
 * Strict reading of YAML files: decoders that each know how to read one shape, how to describe it
 * as JSON Schema, and where in the file each problem stands.
 */
package dev.rubicon.yaml;
