/** Files on their way in: hidden while they arrive, visible only whole and on disk. */
@NullMarked
package dev.signalbox.file.upload;

import org.jspecify.annotations.NullMarked;
