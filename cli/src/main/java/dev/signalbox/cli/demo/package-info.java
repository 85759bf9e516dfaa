/** The command {@code census-demo}: a census of made-up results, to see the map live. */
@NullMarked
package dev.signalbox.cli.demo;

import org.jspecify.annotations.NullMarked;
