// Tells emscripten's linker what the module imports; viewer/src/wasm.ts has the function.
mergeInto(LibraryManager.library, { nv_progress: function (share) {} });
