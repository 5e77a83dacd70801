export default interface Options { deep: boolean }
