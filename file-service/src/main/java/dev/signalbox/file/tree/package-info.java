/** The directory served: how a path becomes a file, and how a file is found, read and listed. */
@NullMarked
package dev.signalbox.file.tree;

import org.jspecify.annotations.NullMarked;
