/**
 * What lockstep offers to other programs: readers of kernels and modules, and the gates
 * built on them. Readers of files take their bytes, readers of lists their text, readers of what an
 * ELF file holds the `Elf` that `readElf` gives (docs/library.md).
 */
export { decompress, decompressBytes } from './archive/compression.ts';
export { openDirectoryTree } from './archive/directory-tree.ts';
export type { FileTree, TreeEntry, TreeFile } from './archive/tree.ts';
export { checkModule, type ModuleCheck, type Surroundings } from './gate/abi/check-module.ts';
export { checkModules, type ModuleReport } from './gate/abi/check-modules.ts';
export { type DescribeOptions, describeKernel } from './gate/abi/describe-kernel.ts';
export { type AbiOptions, abiGate } from './gate/abi/gate.ts';
export { type InspectedModule, inspectModule } from './gate/abi/inspect.ts';
export type { Kernel, ModuleInput } from './gate/abi/kernel.ts';
export { findKernels, type KernelFiles, kernelAt } from './gate/abi/kernel-files.ts';
export { type ModuleFinding, type RuleName, ruleNames } from './gate/abi/rule.ts';
export {
  type KernelReport,
  type VerifyOptions,
  verifyFiles,
  verifyFolder,
  verifyTree,
} from './gate/abi/verify.ts';
export { type ContentsExpectation, contentsGate } from './gate/contents/gate.ts';
export { packageGate } from './gate/package/gate.ts';
export { readBuiltinNames } from './kernel/builtin-names.ts';
export { type Certificate, findCertificates, readCertificate } from './kernel/certificate.ts';
export { type KernelConfig, readKernelConfig } from './kernel/config.ts';
export { type Elf, type ElfSection, readElf, sectionBytes } from './kernel/elf.ts';
export { checkElf, type ElfProblem } from './kernel/elf-check.ts';
export { type KernelExport, readModuleExports } from './kernel/exports.ts';
export { readKernelImage, versionOfImage } from './kernel/image.ts';
export { readKernelExports } from './kernel/kernel-exports.ts';
export { mayUseGplSymbols } from './kernel/license.ts';
export { type LoaderRules, loaderRules } from './kernel/loader.ts';
export { type Modinfo, readModinfo } from './kernel/modinfo.ts';
export { type KernelModule, readModule } from './kernel/module.ts';
export { type IndexValue, readModuleIndex } from './kernel/module-index.ts';
export { readModulePaths, readModulesAlias, readModulesDep } from './kernel/module-lists.ts';
export { readExtendedModversions, readModversions } from './kernel/modversions.ts';
export { readPkcs7, type Signer } from './kernel/pkcs7.ts';
export { compareReleases, versionOfRelease } from './kernel/release.ts';
export { readSignatureTrailer, type SignatureTrailer } from './kernel/signature.ts';
export { readSymvers } from './kernel/symvers.ts';
export { releaseOfVermagic, sameMagic } from './kernel/vermagic.ts';
export { checkPackage } from './package/check-package.ts';
export { readAr, readDeb } from './package/deb.ts';
export type { PackagedFile, PackageFacts, Requirement } from './package/package-facts.ts';
export { readRpm } from './package/rpm.ts';
export type { Digest } from './system/digest.ts';
export { type ErrorCode, LockstepError } from './system/error.ts';
export type { Finding, Severity } from './system/finding.ts';
