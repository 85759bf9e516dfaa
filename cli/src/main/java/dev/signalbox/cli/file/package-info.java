/** The commands that send and fetch files. */
@NullMarked
package dev.signalbox.cli.file;

import org.jspecify.annotations.NullMarked;
