/**
 * What the commands are: their names, arguments, options, examples and exit codes, and texts made
 * of them.
 */
@NullMarked
package dev.signalbox.cli.spec;

import org.jspecify.annotations.NullMarked;
