/** Large files, sent over connections of their own. */
@NullMarked
package dev.signalbox.file.send;

import org.jspecify.annotations.NullMarked;
